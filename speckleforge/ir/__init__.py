"""The intermediate representation: topologies, streams, designs, their text and their verifier. Knows no layer by name."""
