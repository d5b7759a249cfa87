"""What teams and operators may change about messages, how it looks before it is sent, and what a slip says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.examples import NOON, TEAM, item, owed, told
from tests.test_aftermath import raise_alert
from tests.test_commands import run
from tests.world import TEAM as TEAM_FILE
from tests.world import World, world
from watcher.errors import ConfigError, DeliveryError
from watcher.model import BLOCKS, Change, Layout
from watcher.render import Told, subject, text
from watcher.wiring.sending import renderer


def told_with(layout: Layout) -> Told:
    lead = item(text="The round in Muscat was planned for 18 February.")
    one = told(lead, changes=(Change("date", "2026-02-18", "2026-02-11"),))
    return replace(one, team=replace(TEAM, layout=layout))


def test_a_team_chooses_its_subject_and_footer() -> None:
    layout = Layout(subject="{{{severity}}} {kind}: {title} | {change} | {rule}", footer="For {team}.\nAsk {{desk}}")

    message = renderer().alert(owed(), told_with(layout), now=NOON)

    title, change = "Iran-US talks brought forward to 11 February", "Date: 18 Feb 2026 → 11 Feb 2026"
    assert message.subject == f"{{HIGH}} Update: {title} | {change} | Meeting moved up"
    assert message.text.endswith("For Gulf desk.\nAsk {desk}\n")
    assert "For Gulf desk." in message.html


def test_a_title_with_braces_is_no_placeholder() -> None:
    lead = item("Talks {severity} {0} {__class__}")
    one = replace(told(lead), team=replace(TEAM, layout=Layout(subject="{title}", footer="{title}")))

    assert subject(one) == "Talks {severity} {0} {__class__}"
    assert text(one).endswith("Talks {severity} {0} {__class__}\n")


@pytest.mark.parametrize(
    ("block", "words"),
    [
        pytest.param("status", "Says ", id="status"),
        pytest.param("excerpt", "planned for 18 February", id="excerpt"),
        pytest.param("why", "Meeting moved up (high)", id="why"),
    ],
)
def test_a_team_leaves_blocks_out_of_both_parts(block: str, words: str) -> None:
    with_it = renderer().alert(owed(), told_with(Layout()), now=NOON)
    without = told_with(Layout(show=tuple(name for name in BLOCKS if name != block)))
    message = renderer().alert(owed(), without, now=NOON)

    assert words in with_it.text
    assert words not in message.text
    assert len(message.html) < len(with_it.html)
    assert "Date: 18 Feb 2026 → 11 Feb 2026" in message.html


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        pytest.param('{subject: "{titel}"}', 'no placeholder is called {titel} (did you mean "title"?)', id="a name"),
        pytest.param('{subject: "{title!r}"}', "no placeholder is called {title}", id="a conversion"),
        pytest.param('{footer: "{title"}', "a brace that belongs to no placeholder", id="a brace"),
        pytest.param("{show: [status, whys]}", "'whys' is not one of status, excerpt", id="a block"),
        pytest.param('{subject: "{team.__class__}"}', "no placeholder is called {team.__class__}", id="an attribute"),
    ],
)
def test_each_slip_of_a_team_is_told_with_its_place(wish: str, said: str, gulf: World) -> None:
    (gulf.folder / "rules" / "gulf" / "team.yaml").write_text(f"{TEAM_FILE.replace('PORT', '1')}messages: {wish}\n")

    shown = run("check", folder=gulf.folder, expect=1)

    assert said in shown
    assert "rules/gulf/team.yaml:8:" in shown


def test_an_operator_gives_templates_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "alert.html").write_text("<h1>{{ told.team.name }}</h1>{% include '_foot.html' %}")
    (tmp_path / "_foot.html").write_text("<p>{{ told.lead.title }}</p>")

    message = renderer(tmp_path).alert(owed(), told(item("<b>Talks</b>")), now=NOON)

    assert message.html == "<h1>Gulf desk</h1><p>&lt;b&gt;Talks&lt;/b&gt;</p>"


def test_a_template_that_is_none_is_refused_at_the_start_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "digest.html").write_text("<h1>\n{% for one in tolds %}\n</h1>{% endfr %}")

    with pytest.raises(ConfigError) as refused:
        renderer(tmp_path)

    (problem,) = refused.value.problems
    assert (problem.path, problem.line) == ("digest.html", 3)


def test_a_name_that_is_no_template_is_refused(tmp_path: Path) -> None:
    (tmp_path / "alerts.html").write_text("")

    with pytest.raises(ConfigError, match=r"nothing is called alerts.html; there are alert.html"):
        renderer(tmp_path)


def test_a_template_that_fails_says_where_and_the_message_waits(tmp_path: Path) -> None:
    (tmp_path / "alert.html").write_text("<h1>\n{{ told.nobody.name }}</h1>")

    with pytest.raises(DeliveryError, match=r"template: alert.html:2: .*nobody") as refused:
        renderer(tmp_path).alert(owed(), told(), now=NOON)

    assert refused.value.retryable


def test_render_shows_what_each_channel_would_get(gulf: World) -> None:
    team = gulf.folder / "rules" / "gulf" / "team.yaml"
    room = '  room: {chat: slack, secret: "secret:room"}\n'
    team.write_text(team.read_text().replace("default: desk", f"{room}default: desk"))
    (gulf.folder / "secrets" / "gulf" / "room").write_text("https://hooks.slack.example/x")
    gulf.poll()
    raise_alert(gulf)
    alert = gulf.mail.mails[0]["X-Watcher-Alert"][:9]
    gulf.stop()

    mail = run("render", alert, folder=gulf.folder)
    hook = json.loads(run("render", alert, "--channel", "hook", folder=gulf.folder))
    chat = json.loads(run("render", alert, "--channel", "room", folder=gulf.folder))
    run("render", alert, "--html", "look.html", folder=gulf.folder)
    wrong = run("render", alert, "--channel", "no", folder=gulf.folder, expect=2)

    assert "Subject: [HIGH]" in " ".join(mail.split())
    assert hook["schema"] == "watcher.alert.v1"
    assert chat["blocks"][0]["type"] == "header"
    assert "<h1" in (gulf.folder / "look.html").read_text()
    assert len(gulf.mail.mails) == 1
    assert "it has desk, hook, room" in " ".join(wrong.replace("│", " ").split())
