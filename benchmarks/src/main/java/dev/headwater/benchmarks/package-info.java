/** Measurements; each has a script of its name beside {@code benchmarks/run}. */
@NullMarked
package dev.headwater.benchmarks;

import org.jspecify.annotations.NullMarked;
