/** Tests of the command line. */
@NullMarked
package dev.headwater.runners;

import org.jspecify.annotations.NullMarked;
