// SPDX-License-Identifier: BSL-1.0
// Exists to own the precompiled header that the test programs share.
