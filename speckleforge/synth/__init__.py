"""Synthesis, place and route, bitstreams. Takes source trees and a target; gives netlists, reports and bitstreams.

One toolchain is one module that makes plans; a plan is data (files and commands), and running it is apart.
"""
