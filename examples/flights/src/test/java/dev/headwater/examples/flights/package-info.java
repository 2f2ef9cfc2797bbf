/** Tests of the example. */
@NullMarked
package dev.headwater.examples.flights;

import org.jspecify.annotations.NullMarked;
