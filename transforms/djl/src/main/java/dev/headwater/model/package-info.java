/** What a model is on disk, and the encoding of its inputs. */
@NullMarked
package dev.headwater.model;

import org.jspecify.annotations.NullMarked;
