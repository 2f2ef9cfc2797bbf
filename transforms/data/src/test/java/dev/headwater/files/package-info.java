@NullMarked
package dev.headwater.files;

import org.jspecify.annotations.NullMarked;
