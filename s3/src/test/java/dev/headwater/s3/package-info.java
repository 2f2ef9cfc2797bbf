@NullMarked
package dev.headwater.s3;

import org.jspecify.annotations.NullMarked;
