"""How products are built up: datum flow, functions, families (Stief, Dantan, Etienne and Siadat 2018)."""

from atoopt.architecture.instance import ArchitectureInstance
from atoopt.architecture.liaisons import liaison_graph
from atoopt.architecture.product import Component, Flow, Joint, Product

__all__ = ["ArchitectureInstance", "Component", "Flow", "Joint", "Product", "liaison_graph"]
