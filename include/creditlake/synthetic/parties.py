"""Whom a permit or a penalty is about, in the words of the 2018 standard: bodies by one of their codes, and persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from creditlake.synthetic.events import Events, Part, codes_and_names
from creditlake.synthetic.identifiers import nobody_id_numbers
from creditlake.synthetic.names import persons
from creditlake.synthetic.population import HOUSEHOLD
from creditlake.synthetic.rng import Ints
from creditlake.synthetic.rows import ORG_CODE, PERSON, REGISTRATION_NO, TAX_NO_15
from creditlake.synthetic.texts import Texts, either, join, pick, take


@dataclass(frozen=True, slots=True)
class Party:
    """The columns of a party (行政相对人): each row has one code, or is a natural person with an identity document."""

    name: Texts
    category: Texts
    code: Texts
    registration_no: Texts
    org_code: Texts
    tax_no: Texts
    representative: Texts
    document_kind: Texts
    document_number: Texts


def parties(part: Part, stream: str, events: Events, identity: Ints) -> Party:
    """Return the party of each row; a tenth of the organisation codes is written with its hyphen."""
    city, dice, keys = part.city, part.dice, events.key
    code, name = codes_and_names(part, identity, events)
    is_person = identity == PERSON
    numbers = nobody_id_numbers()
    bare = take(city.org_code, events.subject)
    hyphened = join(pc.utf8_slice_codeunits(bare, 0, 8), "-", pc.utf8_slice_codeunits(bare, 8, 9))
    org_code = either(dice.chance(f"{stream}.hyphen", keys, 0.1), hyphened, bare)
    kinds = pick(["法人及非法人组织", "个体工商户"], (city.kind[events.subject] == HOUSEHOLD).astype(np.int64))
    document = pick(numbers, dice.below(f"{stream}.document", keys, len(numbers)))
    return Party(
        name=either(is_person, persons(dice, f"{stream}.person", keys), name),
        category=either(is_person, "自然人", kinds),
        code=either(is_person, "", code),
        registration_no=either(identity == REGISTRATION_NO, take(city.registration_no, events.subject), ""),
        org_code=either(identity == ORG_CODE, org_code, ""),
        tax_no=either(identity == TAX_NO_15, take(city.tax_no, events.subject), ""),
        representative=either(is_person, "", persons(dice, f"{stream}.head", keys)),
        document_kind=either(is_person, "身份证", ""),
        document_number=either(is_person, document, ""),
    )
