// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/**', 'node_modules/**'] },
  {
    files: ['src/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Numbers and booleans in messages need no String().
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `x as T` where an index is known to be in range: `x!` hides the type.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // run<{ logits: Float32Array }>(...) says what the caller knows of the results.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
);
