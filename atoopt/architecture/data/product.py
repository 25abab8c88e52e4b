"""What is given of one product: components, joints, functions and flows, frozen and validated."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from atoopt.base.files import validated
from atoopt.base.frozen import Frozen, Name

ComponentType = Literal["mechanical", "electrical", "electronic"]
FlowKind = Literal["energy", "material", "signal"]
JointKind = Literal["mate", "contact"]
Direction = Literal["x", "y", "z", "rx", "ry", "rz"]


class Component(Frozen):
    """A part of a product.

    Attributes
    ----------
    id : str
        Known in this product only.
    type : {"mechanical", "electrical", "electronic"}
    functions : tuple of str
        The product's functions that the component helps to realize.
    stock_name : str, optional
        Its name among the components of a stock-composition instance, by default the id; where two products
        give the same name, it is the same component.
    """

    id: Name
    type: ComponentType
    functions: tuple[Name, ...] = ()
    stock_name: Name | None = None

    @property
    def name(self) -> str:
        """The name by which all products and a stock know the component."""
        return self.stock_name or self.id


class Joint(Frozen):
    """How two components are joined; two components have one joint at most.

    Attributes
    ----------
    locates : str
        The component that gives the position (for a contact, either of the two).
    located : str
        The component that receives it.
    kind : {"mate", "contact"}
        A mate passes on dimensional constraint, a contact only supports (Whitney).
    technology : str
        Such as screw, weld, snap fit; a word that all products share.
    key_characteristics : tuple of str
        The ids of the key characteristics that this mate helps to deliver, known in this product only.
    directions : tuple of {"x", "y", "z", "rx", "ry", "rz"}
        The degrees of freedom that the mate locates, in a frame of the product; empty where not stated.
    """

    locates: Name
    located: Name
    kind: JointKind
    technology: Name
    key_characteristics: tuple[Name, ...] = ()
    directions: tuple[Direction, ...] = ()

    @property
    def ends(self) -> tuple[str, str]:
        """The two components, the locating one first."""
        return self.locates, self.located


class Flow(Frozen):
    """What one function hands to another.

    Attributes
    ----------
    source : str
        The function that gives.
    target : str
        The function that receives.
    kind : {"energy", "material", "signal"}
    name : str, optional
        What flows, such as hand force.
    """

    source: Name
    target: Name
    kind: FlowKind
    name: Name | None = None


class Product(Frozen):
    """A product as an assembly of components that realizes functions.

    Attributes
    ----------
    id : str
    components : tuple of Component
    joints : tuple of Joint
        The mates give every component but one, the root datum, a place; no component locates itself through others.
    functions : tuple of str
        Words that all products share.
    flows : tuple of Flow
    family : str, optional
        The family that the product is counted to today; similarity and clustering do not look at it.

    Examples
    --------
    >>> from atoopt.architecture import Component, Joint, Product
    >>> jaws = Product(
    ...     id="jaws", functions=("cut",),
    ...     components=(Component(id="lower", type="mechanical", functions=("cut",)),
    ...                 Component(id="upper", type="mechanical", functions=("cut",))),
    ...     joints=(Joint(locates="lower", located="upper", kind="mate", technology="spot weld",
    ...                   key_characteristics=("blade gap",), directions=("x", "y", "rz")),))
    >>> jaws.root, jaws.key_characteristics
    ('lower', ('blade gap',))
    """

    id: Name
    components: Annotated[tuple[Component, ...], Field(min_length=1)]
    joints: tuple[Joint, ...] = ()
    functions: tuple[Name, ...] = ()
    flows: tuple[Flow, ...] = ()
    family: Name | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Product:
        """Check what one key alone cannot show."""
        from atoopt.architecture.data.consistency import check_product

        check_product(self)
        return self

    def replace(self, **changes: Any) -> Product:
        """Return a copy with these attributes changed, validated anew.

        Raises
        ------
        InputError
            A value is not allowed.
        """
        return validated(Product, {**{key: getattr(self, key) for key in type(self).model_fields}, **changes})

    @cached_property
    def component(self) -> dict[str, Component]:
        """The components by id, in their order."""
        return {component.id: component for component in self.components}

    @cached_property
    def mates(self) -> tuple[Joint, ...]:
        """The joints that are mates."""
        return tuple(joint for joint in self.joints if joint.kind == "mate")

    @cached_property
    def root(self) -> str:
        """The root datum: the one component that no mate locates."""
        located = {mate.located for mate in self.mates}
        return next(component.id for component in self.components if component.id not in located)

    @cached_property
    def key_characteristics(self) -> tuple[str, ...]:
        """The ids of the key characteristics, in the order in which the mates name them."""
        return tuple(dict.fromkeys(key for mate in self.mates for key in mate.key_characteristics))
