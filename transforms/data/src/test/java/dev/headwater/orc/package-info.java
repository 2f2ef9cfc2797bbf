@NullMarked
package dev.headwater.orc;

import org.jspecify.annotations.NullMarked;
