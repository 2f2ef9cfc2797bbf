/** The command line; where and how a pipeline runs. */
@NullMarked
package dev.headwater.runners;

import org.jspecify.annotations.NullMarked;
