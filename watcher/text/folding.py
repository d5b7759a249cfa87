"""
Folds text so that spellings of one word become equal, and remembers where every folded character came from.

Case, accents, compatibility forms, Arabic and Persian letter variants, Hebrew final letters, vowel signs, joiners,
direction marks, digits, dashes, quotes and spaces are unified. Marks of scripts whose vowels are marks (Devanagari,
Thai …) are kept. Folding is character by character, so offsets lead back exactly, and folding twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from array import array

# What one folded character may grow to: U+FDFA alone would become a sentence of 18.
_LONGEST = 4

_DROPPED_MARKS = (
    (0x0300, 0x036F),  # accents of Latin, Greek and Cyrillic
    (0x0591, 0x05BD),  # Hebrew cantillation and points
    (0x05BF, 0x05BF),
    (0x05C1, 0x05C2),
    (0x05C4, 0x05C5),
    (0x05C7, 0x05C7),
    (0x0610, 0x061A),  # Arabic signs and vowels
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),
    (0x06DF, 0x06E8),
    (0x06EA, 0x06ED),
    (0x0640, 0x0640),  # tatweel
)

# Traditional and simplified Chinese characters in pairs, those that news uses.
_SIMPLIFIED = (
    "萬万與与專专業业東东絲丝兩两嚴严喪丧個个豐丰臨临為为麗丽舉举義义烏乌樂乐喬乔習习鄉乡書书買买亂乱爭争於于虧亏雲云亞亚產产畝亩親亲億亿僅仅從从倉仓儀仪們们價价眾众優优會会傘伞偉伟傳传傷伤倫伦偽伪體体餘余"
    "傭佣債债傾倾償偿儲储兒儿黨党蘭兰關关興兴養养獸兽內内岡冈冊册寫写軍军農农馮冯沖冲決决況况凍冻淨净準准涼凉減减湊凑幾几鳳凤憑凭凱凯擊击鑿凿劃划劉刘則则剛刚創创刪删別别製制剎刹劑剂劍剑劇剧勸劝辦办務务動动"
    "勵励勁劲勞劳勢势勳勋匯汇區区醫医華华協协單单賣卖盧卢衛卫卻却廠厂廳厅歷历厲厉壓压厭厌縣县參参雙双發发變变敘叙葉叶號号嘆叹後后嚇吓呂吕嗎吗聽听啟启吳吴員员響响問问啞哑喚唤園园圍围國国圖图圓圆聖圣場场壞坏"
    "塊块堅坚壇坛壩坝墳坟墜坠墾垦執执壘垒墊垫報报壯壮聲声處处備备復复夠够頭头誇夸奪夺奮奋獎奖奧奥妝妆婦妇媽妈嬰婴孫孙學学寧宁寶宝實实審审憲宪宮宫寬宽賓宾對对尋寻導导壽寿將将爾尔塵尘嘗尝屆届屬属島岛嶺岭歲岁"
    "豈岂峽峡崗岗嶽岳幣币帥帅師师帳帐帶带幫帮幹干廣广莊庄慶庆庫库應应廟庙廢废開开異异棄弃張张彌弥彎弯彈弹強强歸归當当錄录徹彻徑径禦御憶忆憂忧懷怀態态憐怜總总戀恋惡恶懇恳惱恼懸悬驚惊懼惧慘惨懲惩慚惭慣惯憤愤"
    "願愿戰战戲戏戶户撲扑擴扩掃扫揚扬擾扰撫抚拋抛搶抢護护擔担擬拟攏拢揀拣擁拥攔拦擇择掛挂擋挡掙挣揮挥損损撿捡換换據据擄掳擲掷攝摄擺摆搖摇撐撑攜携敵敌敗败數数齊齐斃毙斬斩斷断無无舊旧時时曠旷曆历曉晓暫暂術术"
    "機机殺杀雜杂權权條条來来楊杨極极構构槍枪棟栋欄栏樹树樣样橋桥橫横檢检樓楼歡欢歐欧殘残殼壳毀毁畢毕氣气漢汉湯汤溝沟沒没淪沦滄沧滬沪潑泼澤泽潔洁濟济濃浓測测渾浑滿满漁渔滲渗溫温灣湾濕湿滅灭燈灯靈灵災灾爐炉"
    "點点煉炼爍烁爛烂熱热煥焕愛爱爺爷牽牵犧牺狀状猶犹獨独獄狱獅狮獲获獻献環环現现瑪玛電电畫画暢畅療疗瘋疯癥症癱瘫皺皱盤盘監监蓋盖盜盗睜睁礦矿碼码磚砖確确礎础禮礼禍祸離离種种積积稱称穩稳窮穷竊窃競竞筆笔築筑"
    "簡简籌筹簽签籲吁糧粮緊紧糾纠紀纪約约紅红級级紛纷納纳紐纽純纯線线練练組组細细織织終终紹绍經经結结絕绝統统給给絡络繼继績绩續续維维綿绵綜综緒绪緩缓緝缉編编緣缘縮缩縱纵繳缴罷罢羅罗罰罚聯联職职聾聋肅肃腸肠"
    "膚肤腫肿脅胁脈脉勝胜腦脑臉脸膽胆艦舰艙舱艱艰藝艺節节蘇苏範范莖茎薦荐榮荣藥药蓮莲蔣蒋蕭萧薩萨藍蓝虛虚蟲虫補补襲袭裝装見见觀观規规視视覺觉覽览觸触譽誉計计訂订認认討讨讓让訓训議议記记講讲許许論论訟讼設设"
    "訪访證证評评識识詐诈訴诉診诊詞词譯译試试詩诗誠诚話话詢询該该詳详語语誤误請请諸诸諾诺讀读課课調调談谈謀谋謊谎謂谓謝谢譴谴貝贝負负貢贡財财責责賢贤賬账貨货質质販贩貪贪貧贫購购貿贸費费賀贺貴贵資资賜赐賠赔"
    "賴赖贏赢贊赞趙赵趕赶趨趋躍跃車车軌轨軟软轉转輪轮輕轻載载較较輔辅輛辆輸输轄辖辭辞邊边遼辽達达遷迁過过邁迈運运還还這这進进遠远違违連连遲迟適适選选遜逊遞递邏逻遺遗鄧邓鄭郑鄰邻醞酝釋释鑒鉴針针釘钉鈕钮鋼钢"
    "錢钱鉗钳鐵铁鈾铀銀银銷销鎖锁鋒锋錯错鍵键鎮镇長长門门閃闪閉闭間间閣阁閱阅闊阔隊队陽阳陰阴陣阵階阶際际陸陆陳陈險险隨随隱隐難难霧雾靜静頂顶項项順顺須须頓顿預预領领頗颇頻频題题顏颜額额風风飛飞飯饭飲饮館馆"
    "馬马駁驳駐驻駕驾駛驶騎骑騙骗驅驱驗验魯鲁魚鱼鮮鲜鳥鸟鴻鸿麥麦黃黄齡龄龍龙龐庞臺台裏里祕秘纔才佔占週周廈厦佈布穀谷併并闖闯慮虑遊游託托嚮向鬥斗鬆松徵征韓韩紮扎繫系衝冲僑侨傑杰倆俩凈净啓启嘩哗"
)

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        "ؤ": "و",
        "ئ": "ي",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ڪ": "ك",
        "ۀ": "ه",
        "ھ": "ه",
        "ہ": "ه",
        "ۂ": "ه",
        "ۃ": "ة",
        "ך": "כ",
        "ם": "מ",
        "ן": "נ",
        "ף": "פ",
        "ץ": "צ",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "ð": "d",
        "þ": "th",
        "ə": "e",
        **dict(zip(_SIMPLIFIED[::2], _SIMPLIFIED[1::2], strict=True)),
    }
)

_PUNCTUATION = {
    **dict.fromkeys("‘’‚‛′ʼʹ´‹›׳ʻ", "'"),
    **dict.fromkeys("“”„‟″«»״「」『』《》〈〉", '"'),
    **dict.fromkeys("־−", "-"),
    **dict.fromkeys("؟", "?"),
    **dict.fromkeys("،", ","),
    **dict.fromkeys("؛", ";"),
    **dict.fromkeys("۔", "."),
    **dict.fromkeys("\u2028\u2029\x85", "\n"),
    **dict.fromkeys("…", "."),  # NFKC makes three full stops of it
    **dict.fromkeys("｜", "|"),
}

_BY_CATEGORY = {"Cc": " ", "Cs": " ", "Cn": "\ufffd", "Co": "\ufffd", "Zs": " ", "Cf": "", "Pd": "-"}

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_OUTSIDE_ASCII = re.compile(r"[^\x00-\x7f]+")


def _fold_character(character: str) -> str:
    code = ord(character)
    if character == "\n":
        return character
    if (known := _PUNCTUATION.get(character)) is not None:
        return known
    if any(first <= code <= last for first, last in _DROPPED_MARKS):
        return ""
    if (known := _BY_CATEGORY.get(unicodedata.category(character))) is not None:
        return known
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    return _fold_letter(character)


def _fold_letter(character: str) -> str:
    # Cherokee folds to capitals; everything folded stays as it is under `lower`, which `fold` relies on.
    whole = unicodedata.normalize("NFKC", character).casefold().lower()
    if len(whole) > _LONGEST:
        return character
    # й is a letter of its own, not an и with an accent; kana and Hangul would fall apart, so only what loses a mark
    # of the list above is decomposed.
    kept = "".join(part if part == "й" else _without_marks(part) for part in whole)
    folded = kept.translate(_LETTERS)
    if folded == character or len(folded) > _LONGEST:
        return character
    return "".join(_FOLDS[ord(part)] for part in folded)


def _without_marks(character: str) -> str:
    base = unicodedata.normalize("NFD", character)
    kept = "".join(part for part in base if not any(first <= ord(part) <= last for first, last in _DROPPED_MARKS))
    return unicodedata.normalize("NFC", kept)


class _Folds(dict[int, str]):
    """Fold of each code point, worked out once; `uneven` are the characters that do not become exactly one."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        self[code] = folded
        return folded


_FOLDS = _Folds()


def fold(text: str) -> str:
    """The text as it is compared. Never fails: lone surrogates and control characters become spaces."""
    if text.isascii():
        return _lower(text)
    # Translating costs 35 ns a character; in prose with a few accents and quotes, folding only those costs a tenth.
    if len(text.encode("utf-8", "replace")) - len(text) < len(text) >> 3:
        return _lower(_OUTSIDE_ASCII.sub(_fold_run, text))
    return text.translate(_FOLDS)


def _lower(text: str) -> str:
    lower = text.lower()
    return _CONTROL.sub(" ", lower) if _CONTROL.search(lower) else lower


def _fold_run(found: re.Match[str]) -> str:
    return found[0].translate(_FOLDS)


def origins(text: str) -> array[int] | None:
    """
    For each character of `fold(text)` the index of the character of `text` it came from, and last `len(text)`.

    None when folded and original characters stand one to one.
    """
    if text.isascii():
        return None
    outside = "".join(_OUTSIDE_ASCII.findall(text))
    outside.translate(_FOLDS)
    if _FOLDS.uneven.isdisjoint(outside):
        return None
    indexes = array("I")
    done = 0
    for found in re.finditer(f"[{re.escape(''.join(_FOLDS.uneven.intersection(outside)))}]", text):
        at = found.start()
        indexes.extend(range(done, at))
        indexes.extend((at,) * len(_FOLDS[ord(found[0])]))
        done = at + 1
    indexes.extend(range(done, len(text) + 1))
    return indexes
