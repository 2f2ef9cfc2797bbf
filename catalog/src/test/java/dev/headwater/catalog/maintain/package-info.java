@NullMarked
package dev.headwater.catalog.maintain;

import org.jspecify.annotations.NullMarked;
