"""How products are built up: datum flow, functions, families (Stief, Dantan, Etienne and Siadat 2018)."""

from atoopt.architecture.data.product import Component, Flow, Joint, Product
from atoopt.architecture.instance import ArchitectureInstance
from atoopt.architecture.liaisons import liaison_graph

__all__ = ["ArchitectureInstance", "Component", "Flow", "Joint", "Product", "liaison_graph"]
