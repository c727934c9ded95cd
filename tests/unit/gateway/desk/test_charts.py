"""Charts are plain shapes, whatever their labels hold."""

from xml.etree import ElementTree

from gateway.desk.charts import Bar, days, rows

HOSTILE = '"><script>alert(1)</script>'


def test_labels_cannot_break_out():
    for made in (rows(HOSTILE, [Bar(HOSTILE, 3, HOSTILE)]), days(HOSTILE, [Bar(HOSTILE, 3, HOSTILE, 1)])):
        root = ElementTree.fromstring(str(made))
        assert {one.tag for one in root.iter()} <= {"svg", "text", "rect", "title"}
        assert root.get("aria-label") == HOSTILE


def test_nothing_to_show_is_a_chart_all_the_same():
    for made in (rows("None", []), days("None", []), rows("Zero", [Bar("a", 0, "0")])):
        assert ElementTree.fromstring(str(made)).get("role") == "img"


def test_the_longest_bar_is_the_greatest_value():
    root = ElementTree.fromstring(str(rows("Two", [Bar("a", 1, "1"), Bar("b", 4, "4")])))
    short, long = (float(one.get("width")) for one in root.iter("rect"))
    assert long == 4 * short
