"""What is claimed of real and of large order histories."""

from __future__ import annotations

from pathlib import Path

import pytest

import atoopt
from atoopt.diversity import DiversityInstance

CARS = Path(__file__).parents[3] / "shared" / "data" / "car_orders.csv"


@pytest.mark.skipif(not CARS.exists(), reason="../shared/data/car_orders.csv is not here")
@pytest.mark.parametrize(
    ("min_share", "most", "given"),
    [(0.10, 260, 0.0042), (0.10, 240, 0.0084), (0.10, 220, 0.0137), (0.01, 500, 0.1468)],
)
def test_car_orders(min_share: float, most: int, given: float) -> None:
    """Options given away an order, each proven; at 10 % there are 295 products with the base, at 1 % 892."""
    stock = atoopt.read_orders(CARS, min_share=min_share).instance
    assert stock.n_products == (295 if min_share == 0.10 else 892)
    result = atoopt.solve(DiversityInstance.of_orders(stock, most))
    assert result.status == "optimal"
    assert round(result.objective, 4) == given


def test_three_thousand_products() -> None:
    """The large harness: proven for few, some and many variants more than there must be."""
    stock = atoopt.load("instances/stock/harness-95.json")
    question = DiversityInstance.of_orders(stock, 2794)
    assert atoopt.solve(question).status == "infeasible"
    for most, given in ((2800, 0.6981), (2900, 0.0165), (2950, 0.0049)):
        result = atoopt.solve(question.replace(max_variants=most))
        assert (result.status, round(result.objective, 4)) == ("optimal", given)
