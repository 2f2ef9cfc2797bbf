@NullMarked
package dev.headwater.catalog.commit;

import org.jspecify.annotations.NullMarked;
