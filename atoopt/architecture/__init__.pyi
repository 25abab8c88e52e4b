from .connected import n_connected_modules
from .data.product import Component, Flow, Joint, Product
from .datum_flow import assembly_order, repeated_directions
from .hybrid import hybrid_graph
from .instance import ArchitectureInstance
from .liaisons import liaison_graph
from .modules import with_liaisons
from .subassemblies import functional_subassemblies

__all__ = [
    "ArchitectureInstance",
    "Component",
    "Flow",
    "Joint",
    "Product",
    "assembly_order",
    "functional_subassemblies",
    "hybrid_graph",
    "liaison_graph",
    "n_connected_modules",
    "repeated_directions",
    "with_liaisons",
]
