/** Objects in S3, beyond what Iceberg's FileIO says of them. */
@NullMarked
package dev.headwater.s3;

import org.jspecify.annotations.NullMarked;
