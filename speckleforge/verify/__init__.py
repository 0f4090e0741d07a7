"""Proof that all executions agree. Takes built simulators, parameters, vectors; gives a verdict and cycle counts.

Never passes without having compared.
"""
