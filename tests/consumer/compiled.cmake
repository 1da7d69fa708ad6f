# SPDX-License-Identifier: BSL-1.0
# Without optimisation one unit of all bodies compiles faster than one for each room: the headers are parsed once.
set_target_properties(llmx_compiled PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
