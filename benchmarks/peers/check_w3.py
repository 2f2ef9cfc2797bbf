#!/usr/bin/env python3
"""Largest relative difference between the W3 sums of plain, DuckDB and Spark for each row count in results.tsv."""
import collections, os
d = collections.defaultdict(dict)
for l in open(os.path.dirname(os.path.abspath(__file__)) + '/work/results.tsv'):
    f = l.rstrip('\n').split('\t')
    if f[0].startswith('w3.'): d[int(f[2])][f[0].split('.')[1]] = [float(x) for x in f[8].split()]
for n, v in sorted(d.items()):
    for p in v:
        if p != 'plain' and 'plain' in v:
            print(n, p, len(v[p]), 'sums, max rel diff', max(abs(a - b) / max(1, abs(b)) for a, b in zip(v[p], v['plain'])))
