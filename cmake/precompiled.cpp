// SPDX-License-Identifier: Apache-2.0
// Nothing: CMake ties precompiled headers to a target with a source.
