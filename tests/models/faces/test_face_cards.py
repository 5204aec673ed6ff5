import re

from models.faces import demographics, detector, emotion
from models.faces.card import cards
from models.faces.convert.conversions import CONVERSIONS
from models.faces.settings import Embedding


def test_every_model_has_a_card_and_the_default_ones_are_marked() -> None:
    default = {detector.MODEL, *demographics.MODELS, *emotion.MODELS, Embedding.DLIB.value}
    assert default == {name for name, card in cards().items() if card.default}
    assert {emotion.THIRD_MODEL, Embedding.SFACE.value} == cards().keys() - default


def test_cards_say_what_matters() -> None:
    for name, card in cards().items():
        assert name == card.name
        assert card.conversion in CONVERSIONS
        assert card.measured
        assert card.limits
        assert card.source.files


def test_cards_say_what_was_published_and_where_or_that_nothing_was() -> None:
    for card in cards().values():
        assert card.published, card.name
        for each in card.published:
            assert re.fullmatch(r"(None|.*\d).*\(.+\).*\.", each), f"{card.name}: {each}"


def test_a_package_is_pinned_in_one_way_only() -> None:
    sources = {
        (each.source.package, each.source.version, each.source.sha256) for each in cards().values()
    }
    assert len(sources) == len({package for package, _, _ in sources})


def test_a_signature_is_of_float32_with_an_open_number_of_faces() -> None:
    for card in cards().values():
        tensors = [*card.signature.inputs.values(), *card.signature.outputs.values()]
        assert {"float32"} == {tensor.dtype for tensor in tensors}
        assert {"N"} == {tensor.shape[0] for tensor in tensors}
