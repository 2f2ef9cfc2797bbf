/**
 * Projects begun from data: what it holds, what can be guessed of it, the files that are written.
 */
@org.jspecify.annotations.NullMarked
package dev.headwater.pipelines.init;
