/** How other tools open a project's catalog: what is to be written there, without a secret. */
@NullMarked
package dev.headwater.pipelines.connect;

import org.jspecify.annotations.NullMarked;
