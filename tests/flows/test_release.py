"""The release rule, number by number."""

import pytest

from flows.publications import COMPLAINTS, REFERRALS, Cell, Publication, Split
from flows.release import (
    BASE,
    ELSEWHERE,
    SPREAD,
    TURNS,
    Node,
    Range,
    Release,
    Shown,
    tree,
)

COUNTRY, OTHER = Cell("ML"), Cell("ML", "by", "b")
UP, DOWN = 0, BASE - 1


def always(way):
    return lambda cell, turn: way


def alone(count, way=DOWN, threshold=5):
    return Release(threshold, always(way)).of(Node(COUNTRY, count))[COUNTRY]


def values(*counts):
    return tuple(Node(Cell("ML", "by", str(place)), one) for place, one in enumerate(counts))


@pytest.mark.parametrize(
    ("count", "down", "up"),
    [
        (5, 5, 5),
        (6, 5, 10),
        (9, 5, 10),
        (10, 10, 10),
        (11, 10, 15),
        (14, 10, 15),
        (1003, 1000, 1005),
    ],
)
def test_numbers_are_rounded_down_or_up_to_the_base(count, down, up):
    assert alone(count, DOWN) == Shown(down, None)
    assert alone(count, UP) == Shown(up, None)


@pytest.mark.parametrize(("rest", "ups"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)])
def test_the_more_remains_the_more_keys_round_up_so_that_sums_are_right(rest, ups):
    told = [alone(20 + rest, way).number for way in range(BASE)]
    assert told == [25] * ups + [20] * (BASE - ups)
    assert sum(told) == BASE * (20 + rest)


@pytest.mark.parametrize("threshold", [5, 10])
def test_what_is_below_the_threshold_is_told_as_such_zero_too(threshold):
    told = {alone(count, UP, threshold) for count in range(threshold)}
    assert told == {Shown(None, threshold)}
    assert alone(threshold, DOWN, threshold) == Shown(threshold, None)


def test_the_same_question_has_the_same_answer_and_each_cell_its_own_choice():
    asked = []

    def choose(cell, turn):
        asked.append((cell, turn))
        return UP if cell.value == "1" else DOWN

    root = Node(COUNTRY, 24, (values(12, 12),))
    first, second = (Release(5, choose).of(root) for _ in range(2))
    assert first == second
    assert [first[one.cell].number for one in root.parts[0]] == [10, 15]
    assert {turn for _, turn in asked} == {0}


def test_each_try_asks_for_choices_of_its_own_however_deep():
    asked = set()

    def choose(cell, turn):
        asked.add((cell, turn))
        return UP

    inner = Node(Cell("ML07"), 12, (values(6, 6),))
    Release(5, choose).of(Node(COUNTRY, 13, ((inner, Node(OTHER, 1)),)))
    turns = {turn for _, turn in asked}
    assert turns == set(range(len(turns)))
    assert all(isinstance(turn, int) for turn in turns)


def test_every_cell_that_is_told_of_is_answered_and_no_other():
    rest = Node(Cell("ML", ELSEWHERE), 7, told=False)
    root = Node(COUNTRY, 31, ((*values(12, 12), rest),))
    assert set(Release(5, always(DOWN)).of(root)) == {COUNTRY, *(one.cell for one in values(0, 0))}


def test_a_total_rounded_down_that_leaves_its_parts_no_room_is_rounded_up():
    # Four times 11 at least, and 44 at most if it said 40: the fifth would be 0.
    def choose(cell, turn):
        return UP if cell.value else DOWN

    told = Release(5, choose).of(Node(COUNTRY, 44, (values(11, 11, 11, 11, 0),)))
    assert told[COUNTRY] == Shown(45, None)


def test_two_values_left_are_too_few():
    # 43 at least, and 44 at most if it said 40.
    def choose(cell, turn):
        return UP if cell.value else DOWN

    told = Release(5, choose).of(Node(COUNTRY, 43, (values(11, 11, 11, 5, 5, 0),)))
    assert told[COUNTRY] == Shown(45, None)


def test_a_total_rounded_up_that_leaves_its_parts_no_room_is_rounded_down():
    # 16 at least if it said 20, and four times 4 at most: each would be 4.
    told = Release(5, always(UP)).of(Node(COUNTRY, 16, (values(4, 4, 4, 4),)))
    assert told[COUNTRY] == Shown(15, None)


def test_a_total_that_no_rounding_makes_safe_is_told_as_below_the_next_step():
    # 10 or more, of which one is known to lie elsewhere: the other part would be 9.
    rest = Node(Cell("ML", ELSEWHERE), 1, told=False)
    told = Release(10, always(DOWN)).of(Node(COUNTRY, 10, ((*values(9), rest),)))
    assert told == {COUNTRY: Shown(None, 15), Cell("ML", "by", "0"): Shown(None, 10)}


def pinned():
    """Two partitions that meet in one total alone: tens below, fours above."""
    tens = tuple(Node(Cell("ML", "tens", str(place)), 5) for place in range(4))
    fours = tuple(Node(Cell("ML", "fours", str(place)), 4) for place in range(5))
    return Node(COUNTRY, 20, (tens, fours))


def test_parts_that_give_each_other_away_are_withheld_those_told_last_first():
    root = pinned()
    turns = set()

    def choose(cell, turn):
        turns.add(turn)
        return DOWN

    told = Release(5, choose).of(root)
    tens, fours = root.parts
    assert told[COUNTRY] == Shown(20, None)
    assert {told[one.cell] for one in tens} == {Shown(5, None)}
    assert {told[one.cell] for one in fours} == {Shown(None, None)}
    assert turns == set(range(TURNS))


def test_parts_of_a_small_whole_are_withheld_where_nearly_all_of_it_lies_elsewhere():
    # Below 5 together, three of them known: of the part only 0 and 1 would be left.
    rest = Node(Cell("ML", ELSEWHERE), 3, told=False)
    told = Release(5, always(DOWN)).of(Node(COUNTRY, 4, ((*values(1), rest),)))
    assert told == {COUNTRY: Shown(None, 5), Cell("ML", "by", "0"): Shown(None, None)}


def test_what_hangs_on_a_part_that_is_withheld_is_withheld_too():
    below = (Node(Cell("ML", "further", "a"), 4),)
    tens, fours = pinned().parts
    fours = (Node(fours[0].cell, 4, (below,)), *fours[1:])
    told = Release(5, always(DOWN)).of(Node(COUNTRY, 20, (tens, fours)))
    assert told[below[0].cell] == Shown(None, None)


def test_parts_are_rounded_anew_before_any_is_withheld():
    elevens = tuple(Node(Cell("ML", "elevens", str(place)), 11) for place in range(4))
    fours = tuple(Node(Cell("ML", "fours", str(place)), 4) for place in range(11))

    def choose(cell, turn):
        return UP if turn == 0 else DOWN

    told = Release(5, choose).of(Node(COUNTRY, 44, (elevens, fours)))
    assert {told[one.cell] for one in elevens} == {Shown(10, None)}
    assert {told[one.cell] for one in fours} == {Shown(None, 5)}


def test_a_range_is_wide_when_three_values_are_left():
    assert Range(3, 3 + SPREAD).is_wide
    assert not Range(3, 2 + SPREAD).is_wide
    assert SPREAD == 2
    assert Range(1, 8).within(Range(3, 9)) == Range(3, 8)


TABLE = Publication(
    "table", 2, (Split("by", ("a", "b")), Split("of_a", ("x", "y"), of=("by", "a"))), 1
)


def test_a_tree_has_the_areas_of_the_programme_and_those_they_lie_in():
    root = tree(COMPLAINTS, {}, ["ML070106", "ML07", "ML0801"])
    [[gao, timbuktu]] = root.parts
    assert [gao.cell, timbuktu.cell] == [Cell("ML07"), Cell("ML08")]
    [[ansongo]] = gao.parts
    communes, *splits = ansongo.parts
    assert [one.cell for one in communes] == [Cell("ML070106")]
    assert [part[0].cell.split for part in splits] == [one.name for one in COMPLAINTS.splits]
    assert [part[0].cell.split for part in timbuktu.parts[0][0].parts] == [
        one.name for one in COMPLAINTS.splits
    ]


def test_a_tree_is_no_deeper_than_its_table():
    [[region]] = tree(REFERRALS, {}, ["ML070106"]).parts
    [[cercle]] = region.parts
    assert {one.cell.split for part in cercle.parts for one in part} >= {"age", "arrived"}
    assert all(one.cell.area == "ML0701" for part in cercle.parts for one in part)


def test_a_tree_divides_what_is_known_of_a_value_below_that_value():
    counts = {COUNTRY: 9, Cell("ML07"): 9, Cell("ML07", "by", "a"): 6, OTHER: 3}
    counts |= {Cell("ML07", "by", "b"): 3, Cell("ML07", "of_a", "x"): 6}
    [[region]] = tree(TABLE, counts, ["ML07"]).parts
    [[a, b]] = region.parts
    assert (a.count, b.count, b.parts) == (6, 3, ())
    assert [(one.cell.value, one.count) for one in a.parts[0]] == [("x", 6), ("y", 0)]


def test_who_lies_in_no_area_of_the_programme_is_told_of_nowhere_and_counted_above():
    counts = {COUNTRY: 9, Cell("ML07"): 5, Cell("ML01"): 4}
    counts |= {Cell("ML07", "by", "a"): 5, Cell("ML07", "of_a", "x"): 5}
    [[region, rest]] = tree(TABLE, counts, ["ML07"]).parts
    assert (region.count, region.told) == (5, True)
    assert (rest.count, rest.told) == (4, False)
    assert rest.cell == Cell("ML", ELSEWHERE)
    counts |= {Cell("ML07"): 9, Cell("ML07", "by", "b"): 1}
    [[region]] = tree(TABLE, counts, ["ML07"]).parts
    [[_, _, undivided]] = region.parts
    assert (undivided.cell, undivided.count) == (Cell("ML07", ELSEWHERE), 3)


def test_parts_that_are_more_than_their_whole_are_a_fault():
    with pytest.raises(ValueError, match="more than the whole"):
        tree(TABLE, {COUNTRY: 1, Cell("ML07"): 2}, ["ML07"])


def beside(told, known, count):
    """A whole of one cell that is told and a rest that counts as known."""
    rest = Node(Cell("ML", ELSEWHERE), known, told=False)
    return Node(COUNTRY, count, ((Node(OTHER, told), rest),))


def test_a_number_stands_as_long_as_just_enough_values_are_left():
    # What is known of the parts leaves 7 to 11, the number 5 leaves 5 to 9: three values.
    assert Release(5, always(DOWN)).of(beside(1, 7, 8))[COUNTRY] == Shown(5, None)
    # With one more known, 5 leaves only 8 and 9: it is rounded the other way.
    assert Release(5, always(DOWN)).of(beside(1, 8, 9))[COUNTRY] == Shown(10, None)


def test_where_neither_way_leaves_enough_it_is_told_as_below_the_next_step():
    # The parts leave 2 to 6; 5 would leave 5 and 6, and 10 would leave 6 alone.
    for way in (UP, DOWN):
        shown = Release(5, always(way)).of(beside(4, 2, 6))
        assert shown == {COUNTRY: Shown(None, 10), OTHER: Shown(None, 5)}


def test_the_smallest_threshold_leaves_just_enough():
    assert alone(1, threshold=SPREAD + 1) == Shown(None, SPREAD + 1)
