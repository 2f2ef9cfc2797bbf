@NullMarked
package dev.headwater.catalog.registry;

import org.jspecify.annotations.NullMarked;
