"""What the user says: the models of a PacsStack, and nothing that acts on them.

The models are the only source of the CustomResourceDefinition in `crds/` and of the reference documentation.
"""

from pacsstack.spec.stack import PacsStack, PacsStackSpec

__all__ = ["PacsStack", "PacsStackSpec"]
