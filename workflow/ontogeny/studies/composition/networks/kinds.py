def architecture_module(kind):
    return f"ontogeny.studies.composition.networks.architectures.{kind.replace('-', '_')}"
