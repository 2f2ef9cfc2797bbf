#!/usr/bin/env python3
"""Medians of results/results.tsv: first (cold) repetition of each process, and the later (warm) ones."""
import collections, statistics as st, sys
d = collections.OrderedDict()
for l in open(sys.argv[1] if len(sys.argv) > 1 else __file__.rsplit('/', 1)[0] + '/work/results.tsv'):
    n, r, rows, wall, cpu, rps, rpc, rss = l.rstrip('\n').split('\t')[:8]
    d.setdefault(n, []).append((int(r), int(rows), float(wall), float(cpu), int(rss)))
print('name\treps\tcold s\tcold cpu\twarm s\twarm cpu\twarm rows/s\twarm rows/cpu-s\tpeak MB')
for n, v in d.items():
    c = [x for x in v if x[0] == 1]; w = [x for x in v if x[0] > 1] or c
    m = lambda xs, i: st.median(x[i] for x in xs)
    print(f"{n}\t{len(v)}\t{m(c,2):.2f}\t{m(c,3):.2f}\t{m(w,2):.2f}\t{m(w,3):.2f}\t{w[0][1]/m(w,2):,.0f}\t{w[0][1]/m(w,3):,.0f}\t{max(x[4] for x in v)}")
