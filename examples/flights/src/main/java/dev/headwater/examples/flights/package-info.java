/** 3,000,000 real US flights, the whole way. */
@NullMarked
package dev.headwater.examples.flights;

import org.jspecify.annotations.NullMarked;
