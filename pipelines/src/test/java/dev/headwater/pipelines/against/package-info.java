@org.jspecify.annotations.NullMarked
package dev.headwater.pipelines.against;
