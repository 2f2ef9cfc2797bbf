@NullMarked
package dev.headwater.catalog;

import org.jspecify.annotations.NullMarked;
