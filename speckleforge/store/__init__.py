"""The content-addressed store. Takes bytes and keys; gives them back unchanged; never knows what a stage computes.

`cas/` blobs by sha256, `ac/` action key -> outputs, `latest/` the newest key of each spec's stages, `scratch/` work
that can resume, `parts/` work that later runs of a stage may use again, `work/` private folders of running stages,
`locks/`, `logs/` of failed stages, `code.json` remembered syntax trees.
"""
