"""The shipped actors, people and places: what every file must hold, and who is named in headlines of nine languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from watcher.model import Item, ItemId
from watcher.text import fold, read
from watcher.vocabulary import Hits, Scanner, load
from watcher.vocabulary.shipped import shipped_texts
from watcher.yamlfile import Plain, parse, to_plain

COMPLETE = ("en", "fr", "es", "de", "ru", "ar", "fa", "he", "zh")
LATIN = ("en", "fr", "es", "de")
TEXTS = shipped_texts()
TODAY = datetime(2025, 11, 12, 9, tzinfo=UTC)


def table(path: str) -> dict[str, Plain]:
    node, problems = parse(TEXTS[path], path)
    assert node is not None
    assert not problems
    plain = to_plain(node)
    assert isinstance(plain, dict)
    return plain


INDEX = table("actors/index.yaml")
STATES = [code for code, line in INDEX.items() if isinstance(line, dict) and line["class"] == "state"]


def aliases(entry: Plain) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each alias of an actor with the codes it stands for too and its `not` phrases."""
    assert isinstance(entry, dict)
    for listed in entry.values():
        assert isinstance(listed, list)
        for alias in listed:
            if isinstance(alias, dict):
                also, never = alias.get("also") or [], alias.get("not") or []
                assert isinstance(also, list)
                assert isinstance(never, list)
                yield str(alias["say"]), [str(code) for code in also], [str(phrase) for phrase in never]
            else:
                yield str(alias), [], []


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner(load())


def scan(scanner: Scanner, title: str, lang: str, day: datetime = TODAY) -> Hits:
    item = Item(ItemId("x"), title, "https://example.org/x", "test", seen=day, published=day, lang=lang)
    return scanner.scan(read(item))


def named(hits: Hits) -> set[str]:
    return {*hits.actors, *hits.hosts}


# ── The files ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path", sorted(path for path in TEXTS if path.startswith("actors/") or path == "places.yaml"), ids=str
)
def test_every_file_says_where_its_facts_come_from(path: str) -> None:
    head = "".join(line for line in TEXTS[path].splitlines(keepends=True)[:8] if line.startswith("#"))
    assert "by hand" in head
    assert "Apache-2.0" in head


def test_all_members_of_the_united_nations_are_states() -> None:
    members = TEXTS["actors/index.yaml"].partition("# Not members")[0]
    codes = [line.partition(":")[0] for line in members.splitlines() if line and not line.startswith("#")]
    assert len(codes) == 193
    assert all(len(code) == 3 and INDEX[code] for code in codes)
    assert set(codes) <= set(STATES)


@pytest.mark.parametrize("lang", COMPLETE)
def test_every_state_has_a_name_in_every_complete_language(lang: str) -> None:
    words = table(f"actors/{lang}.yaml")
    spelled_as_in_english = set(table("actors/en.yaml")) if lang in LATIN else set()
    assert not set(STATES) - set(words) - spelled_as_in_english


@pytest.mark.parametrize("lang", COMPLETE)
def test_an_alias_names_one_actor_unless_it_says_so(lang: str) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for code, entry in table(f"actors/{lang}.yaml").items():
        for alias, also, _ in aliases(entry):
            if not also:
                owners[fold(alias)].add(code)
    assert not {alias: codes for alias, codes in owners.items() if len(codes) > 1}


@pytest.mark.parametrize("lang", [lang for lang in COMPLETE if lang != "zh"])
def test_what_is_never_an_actor_takes_no_longer_name_of_it_away(lang: str) -> None:
    """A phrase under `not` takes away all of its actor's names that it overlaps, so it must not be part of one."""
    wrong = []
    for code, entry in table(f"actors/{lang}.yaml").items():
        names = [f" {fold(alias)} " for alias, _, _ in aliases(entry)]
        for alias, _, never in aliases(entry):
            wrong += [
                (code, phrase, name)
                for phrase in never
                for name in names
                if f" {fold(phrase)} " in name and fold(alias) in fold(phrase)
            ]
    assert not wrong


def test_offices_have_dates_that_make_sense() -> None:
    for key, person in load().people.items():
        assert person.offices, key
        for office in person.offices:
            assert office.first is not None, key
            assert office.last is None or office.first < office.last, key
        assert any(office.last is None or office.last >= date(2023, 1, 1) for office in person.offices), key


def test_every_state_has_a_place() -> None:
    """The seat of Iraqi Kurdistan is in Iraq."""
    assert set(STATES) - {str(place.country) for place in load().places.values()} == {"KURDISTAN"}


# ── Headlines ──────────────────────────────────────────────────────────────────────────────────────────────────

HEADLINES = [
    ("en", "Tehran and Washington weigh a new round, says Omani minister", "IRN USA OMN"),
    ("en", "Kremlin aide flies to Abu Dhabi for talks with Emirati hosts", "RUS ARE"),
    ("en", "Britons, Thais and Cambodians among those freed", "GBR THA KHM"),
    ("en", "Foggy Bottom and Quai d'Orsay differ over Beirut", "USA FRA LBN"),
    ("en", "DR Congo and M23 rebels sign accord as Rwanda looks on", "COD M23 RWA"),
    ("en", "Brazzaville, not Kinshasa, offers to mediate", "COG COD"),
    ("en", "South Sudan tells Khartoum to reopen the border", "SSD SDN"),
    ("en", "Seoul says Pyongyang has not answered its call for talks", "KOR PRK"),
    ("en", "Equatorial Guinea and Guinea-Bissau recall envoys", "GNQ GNB"),
    ("en", "Dominican Republic closes border with Haiti ahead of talks", "DOM HTI"),
    ("en", "Niger expels envoy of Nigeria", "NER NGA"),
    ("en", "Emirates and Qatar Airways order more jets", ""),
    ("en", "Nail polish recalled after complaints", ""),
    ("en", "The Republic of Ireland and Northern Ireland agree on trade", "IRL"),
    ("en", "Iran's Supreme National Security Council meets", "IRN"),
    ("en", "Russian Security Council to discuss treaty", "RUS"),
    ("en", "Security Council adopts resolution", "UNSC"),
    ("en", "Macron, Merz and Starmer meet Zelenskyy before Witkoff's visit to Putin", "FRA DEU GBR UKR USA RUS"),
    ("en", "Takaichi calls Lee Jae-myung after Xi's remarks on Taiwan", "JPN KOR CHN TWN"),
    ("en", "Reporters Without Borders (RSF) publishes its index", ""),
    ("en", "RSF drones hit Port Sudan", "RSF SDN"),
    ("en", "England win the cricket as ICC changes the rules", ""),
    ("en", "Polish premier Tusk in Ankara for talks with Erdogan", "POL TUR"),
    ("fr", "Les États-Unis et l'Iran reprennent les pourparlers à Mascate", "USA IRN OMN"),
    ("fr", "L'Élysée dément tout contact avec Moscou", "FRA RUS"),
    ("fr", "Bruxelles et Pékin concluent un accord, dit la Commission européenne", "EU CHN EUROPEAN_COMMISSION"),
    ("fr", "Poutine reçoit l'émissaire américain au Kremlin", "RUS USA"),
    ("fr", "La RDC et le Rwanda signent sous l'égide du Qatar", "COD RWA QAT"),
    ("fr", "Le Conseil de sécurité de l'ONU vote une résolution", "UNSC UN"),
    ("fr", "La Corée du Nord rejette l'offre sud-coréenne", "PRK KOR"),
    ("fr", "Le Burkina Faso, le Mali et le Niger quittent la Cédéao", "BFA MLI NER ECOWAS"),
    ("es", "EE.UU. e Irán negocian en Omán", "USA IRN OMN"),
    ("es", "La Casa Blanca aplaza la visita del canciller ruso Lavrov", "USA RUS"),
    ("es", "El Gobierno colombiano y el ELN retoman el diálogo en La Habana", "COL ELN CUB"),
    ("es", "Sheinbaum responde a los aranceles de Estados Unidos", "MEX USA"),
    ("es", "Corea del Norte lanza un misil; Seúl y Tokio protestan", "PRK KOR JPN"),
    ("es", "Israel y Hamás aceptan la propuesta egipcia", "ISR HAMAS EGY"),
    ("es", "La OTAN y la UE piden una tregua en Ucrania", "NATO EU UKR"),
    ("de", "Auswärtiges Amt bestellt iranischen Botschafter ein", "DEU IRN"),
    ("de", "US-Außenminister Rubio trifft Lawrow in Riad", "USA RUS SAU"),
    ("de", "Selenskyj lehnt Treffen mit Putin in Budapest ab", "UKR RUS HUN"),
    ("de", "Türkei vermittelt zwischen Moskau und Kiew", "TUR RUS UKR"),
    ("de", "Südkoreas Präsident reist nach Peking", "KOR CHN"),
    ("de", "Uno-Sicherheitsrat verlängert Mandat im Südsudan", "UNSC UN SSD"),
    ("de", "Die Huthis und Saudi-Arabien verhandeln wieder", "HOUTHIS SAU"),
    ("ru", "МИД Ирана: переговоры с США пройдут в Омане", "IRN USA OMN"),
    ("ru", "Лавров обсудил с Рубио встречу Путина и Трампа", "RUS USA"),
    ("ru", "Зеленский отказался от поездки в Стамбул, сообщили в Анкаре", "UKR TUR"),
    ("ru", "Евросоюз согласовал санкции против Белоруссии", "EU BLR"),
    ("ru", "Газ подорожал на бирже", ""),
    ("ru", "Израиль и ХАМАС обсуждают перемирие в секторе Газа", "ISR HAMAS PSE"),
    ("ru", "Кроме того, цены на куб воды выросли", ""),
    ("ru", "Северокорейский посол покинул Пекин", "PRK CHN"),
    ("ru", "Совбез РФ обсудил выход из договора", "RUS"),
    ("ru", "Совбез ООН отложил голосование", "UNSC UN"),
    ("ru", "Алиев и Пашинян подписали соглашение в Вашингтоне", "AZE ARM USA"),
    ("ar", "واشنطن وطهران تستأنفان المحادثات في مسقط", "USA IRN OMN"),
    ("ar", "وزير الخارجية الأميركي روبيو يلتقي نظيره المصري عبد العاطي", "USA EGY"),
    ("ar", "عراقجي: لا مفاوضات مع أمريكا تحت التهديد", "IRN USA"),
    ("ar", "إسرائيل وحماس توافقان على مقترح قطر لوقف إطلاق النار", "ISR HAMAS QAT"),
    ("ar", "السعودية تستدعي سفيرها من بيروت", "SAU LBN"),
    ("ar", "مجلس الأمن الدولي يصوت على مشروع قرار", "UNSC UN"),
    ("ar", "مجلس الأمن القومي يجتمع", ""),
    ("ar", "قوات الدعم السريع تعلن هدنة في السودان", "RSF SDN"),
    ("ar", "الكرملين: بوتين مستعد للقاء زيلينسكي", "RUS UKR"),
    ("ar", "فتح معبر جديد", ""),
    ("fa", "دور تازه گفت‌وگوهای ایران و آمریکا در مسقط", "IRN USA OMN"),
    ("fa", "عراقچی: با امریکا مذاکره مستقیم نمی‌کنیم", "IRN USA"),
    ("fa", "ویتکاف و کوشنر راهی مسکو شدند", "USA RUS"),
    ("fa", "نتانیاهو با ترامپ در کاخ سفید دیدار می‌کند", "ISR USA"),
    ("fa", "هیئت مذاکره‌کننده میز را ترک کرد", ""),
    ("fa", "شورای امنیت سازمان ملل قطعنامه را تصویب کرد", "UNSC UN"),
    ("fa", "عربستان و حوثی‌ها بر سر تبادل اسرا توافق کردند", "SAU HOUTHIS"),
    ("fa", "گروسی: بازرسان آژانس بین‌المللی انرژی اتمی به تهران می‌روند", "IAEA IRN"),
    ("he", 'ארה"ב ואיראן יחדשו את השיחות בעומאן', "USA IRN OMN"),
    ("he", "נתניהו ייפגש עם טראמפ בוושינגטון", "ISR USA"),
    ("he", "חמאס וישראל הפרו את הפסקת האש", "HAMAS ISR"),
    ("he", 'מועצת הביטחון של האו"ם תצביע על ההצעה', "UNSC UN"),
    ("he", "שר החוץ הרוסי לברוב נפגש עם רוביו בריאד", "RUS USA SAU"),
    ("he", "חיזבאללה דוחה את ההצעה הצרפתית", "HEZBOLLAH FRA"),
    ("he", "שוחררו או שם או כאן, מכיוון שהמסרבים הורשו", ""),
    ("he", "ההריגה בדרך", ""),
    ("ar", "وجدت الشرطة سمكة في سيول جارفة باكرا", ""),
    ("ar", "لولا المطر لكان الحماس أكبر", ""),
    ("fa", "کیف ریاضی او در آستانه روز دوشنبه پیدا شد", ""),
    ("ru", "Дела о курсе и кубе", ""),
    ("ru", "Дели и Токио подписали соглашение", "IND JPN"),
    ("es", "El juez quitó la cata y el cubo", ""),
    ("he", "קאטר ומצרים מתווכות בשיחות בקהיר", "QAT EGY"),
    ("zh", "美伊下周在马斯喀特举行会谈", "USA IRN OMN"),
    ("zh", "中美元首将在釜山会晤", "CHN USA"),
    ("zh", "特朗普与普京通电话 克宫称气氛良好", "USA RUS"),
    ("zh", "俄烏代表團抵達伊斯坦堡", "RUS UKR"),
    ("zh", "以哈停火谈判在开罗继续", "ISR HAMAS EGY"),
    ("zh", "印巴同意停火", "IND PAK"),
    ("zh", "朝韩恢复联络热线", "PRK KOR"),
    ("zh", "伊朗外长阿拉格齐会见威特科夫", "IRN USA"),
    ("zh", "川普宣布推遲與習近平的會面", "USA CHN"),
    ("zh", "10日美国总统发表讲话", "USA"),
    ("zh", "以伊朗为重点的会议", "IRN"),
    ("zh", "中美洲国家开会", ""),
    ("zh", "联合国安理会就决议草案表决", "UNSC UN"),
    ("pl", "Rosja i Stany Zjednoczone wznowiły rozmowy, podał Kreml", "RUS USA"),
    ("pl", "Ambasador Izraela wydalony z Turcji", "ISR TUR"),
    ("it", "Usa e Iran tornano a trattare, l'Onu plaude", "USA IRN UN"),
    ("pt", "EUA e China retomam negociações; Brasil oferece mediação", "USA CHN BRA"),
    ("tr", "ABD ile İran görüşmeleri yeniden başlıyor", "USA IRN"),
    ("tr", "Rusya'nın Ukrayna önerisi reddedildi", "RUS UKR"),
    ("nl", "Verenigde Staten en Oekraïne tekenen akkoord", "USA UKR"),
    ("uk", "Україна та США погодили план, Москва мовчить", "UKR USA RUS"),
    ("ja", "日中首脳会談、延期へ 米国も注視", "JPN CHN USA"),
    ("ja", "日中の気温は平年並み", ""),
    ("ko", "미국과 이란이 협상을 재개한다", "USA IRN"),
    ("ko", "북한은 한국의 제안을 거부했다", "PRK KOR"),
    ("zh", "泰柬边境再度交火 东盟呼吁克制", "THA KHM ASEAN"),
]


@pytest.mark.parametrize(
    ("lang", "title", "codes"), HEADLINES, ids=[f"{row[0]}-{n}" for n, row in enumerate(HEADLINES)]
)
def test_a_headline_names_exactly_its_actors(scanner: Scanner, lang: str, title: str, codes: str) -> None:
    assert named(scan(scanner, title, lang)) == set(codes.split())


@pytest.mark.parametrize(
    ("title", "day", "codes"),
    [
        ("Biden to meet Netanyahu", datetime(2024, 7, 1, tzinfo=UTC), "USA ISR"),
        ("Biden to meet Netanyahu", datetime(2025, 7, 1, tzinfo=UTC), "ISR"),
        ("Blinken in Ankara for talks with Fidan", datetime(2023, 11, 6, tzinfo=UTC), "USA TUR"),
        ("Sunak calls Scholz", datetime(2024, 3, 1, tzinfo=UTC), "GBR DEU"),
        ("Starmer calls Merz", datetime(2025, 9, 1, tzinfo=UTC), "GBR DEU"),
        ("Rutte praises allies", datetime(2024, 3, 1, tzinfo=UTC), "NLD"),
        ("Rutte praises allies", datetime(2025, 3, 1, tzinfo=UTC), "NATO"),
        ("Amir-Abdollahian lands in Riyadh", datetime(2023, 8, 17, tzinfo=UTC), "IRN SAU"),
        ("Araghchi lands in Jeddah", datetime(2025, 8, 25, tzinfo=UTC), "IRN"),
        ("Assad receives Lavrentiev", datetime(2024, 6, 1, tzinfo=UTC), "SYR"),
        ("Sharaa receives envoy", datetime(2025, 6, 1, tzinfo=UTC), "SYR"),
    ],
)
def test_people_speak_for_an_actor_while_in_office(scanner: Scanner, title: str, day: datetime, codes: str) -> None:
    assert named(scan(scanner, title, "en", day)) == set(codes.split())


@pytest.mark.parametrize(
    ("lang", "title", "keys"),
    [
        ("en", "Talks in Geneva, then in Sharm el-Sheikh", "geneva sharm"),
        ("fr", "Rencontre à Charm el-Cheikh, pas à Genève", "sharm geneva"),
        ("de", "Treffen in Genf statt in Wien", "geneva vienna"),
        ("ru", "Встречу перенесли из Женевы в Вену", "geneva vienna"),
        ("ar", "نقل المحادثات من جنيف إلى إسطنبول", "geneva istanbul"),
        ("fa", "مذاکرات به جای ژنو در دوحه برگزار می‌شود", "geneva doha"),
        ("he", "השיחות יתקיימו בז'נבה ולא בדוחא", "geneva doha"),
        ("zh", "会谈地点由日内瓦改为多哈", "geneva doha"),
        ("es", "La cumbre pasa de Ginebra a Estambul", "geneva istanbul"),
    ],
)
def test_places_are_known_in_nine_languages(scanner: Scanner, lang: str, title: str, keys: str) -> None:
    assert set(scan(scanner, title, lang).places) == set(keys.split())


def unambiguous(entry: Plain) -> Iterator[str]:
    """The aliases that count wherever they stand; not those in capitals, which a title of capitals alone hides."""
    assert isinstance(entry, dict)
    for listed in entry.values():
        assert isinstance(listed, list)
        for alias in listed:
            said = str(alias["say"]) if isinstance(alias, dict) else str(alias)
            if not (isinstance(alias, dict) and alias.get("ambiguous")) and not (said.isupper() and len(said) <= 5):
                yield said.strip("*")


@pytest.mark.parametrize("lang", COMPLETE)
def test_every_alias_finds_its_actor(scanner: Scanner, lang: str) -> None:
    lost = [
        (code, said)
        for code, entry in table(f"actors/{lang}.yaml").items()
        for said in unambiguous(entry)
        if code not in named(scan(scanner, said, lang))
    ]

    assert not lost


@pytest.mark.parametrize(
    ("lang", "title", "codes"),
    [
        pytest.param("zh", "美国马里兰州长会见学者", "USA", id="Maryland is not Mali"),
        pytest.param("zh", "智利与秘鲁签署协议", "CHL PER", id="Chile is not wit and profit"),
        pytest.param("zh", "尼日尔与尼日利亚恢复对话", "NER NGA", id="Niger and Nigeria"),
        pytest.param("zh", "刚果（布）与刚果（金）举行会谈", "COG COD", id="both Congos by their brackets"),
        pytest.param("zh", "卡玛拉·哈里斯谈选举", "", id="a dotted name out of office"),
        pytest.param("zh", "土叙就重开口岸达成一致", "TUR SYR", id="two states in two characters"),
        pytest.param("ar", "مالي تطرد سفير فرنسا", "MLI FRA", id="Mali by its bare name"),
        pytest.param(
            "ar", "وزير المالية المصري يلتقي وفدا فرنسيا", "EGY FRA", id="the minister of finance is not Mali"
        ),
        pytest.param("he", "מאלי גירשה את שגריר צרפת", "MLI FRA", id="Mali in Hebrew"),
        pytest.param("he", "המורים בצרפת הפרו את ההסכם", "FRA", id="who broke it is not Peru"),
        pytest.param("ru", "Мали и Чад разорвали отношения", "MLI TCD", id="short names in Russian"),
        pytest.param("ru", "Губернатор Кубани встретил посла Кубы", "CUB", id="Kuban is not Cuba"),
        pytest.param("de", "Romanautor aus Peru trifft Botschafter Omans", "PER OMN", id="a novelist is not from Oman"),
        pytest.param("fr", "Le Niger et le Nigeria signent un accord", "NER NGA", id="Niger and Nigeria in French"),
        pytest.param("es", "El Perú expulsa al embajador de Chad", "PER TCD", id="Peru with its article"),
    ],
)
def test_short_names_do_not_collide(scanner: Scanner, lang: str, title: str, codes: str) -> None:
    assert named(scan(scanner, title, lang)) == set(codes.split())


@pytest.mark.parametrize("lang", COMPLETE)
def test_every_concept_has_words_of_its_own_or_includes_others(lang: str) -> None:
    index = table("concepts/index.yaml")

    without = index.keys() - table(f"concepts/{lang}.yaml").keys()

    assert without <= {"schedule.off"}
