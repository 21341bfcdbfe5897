// SPDX-License-Identifier: Apache-2.0
// WebHLOError: the one type of error that this package throws on purpose.

/**
 * - `invalid_model`: the bytes are not a well-formed program, container or weight file.
 * - `unsupported`: well-formed, but this build, engine or machine cannot run it.
 * - `invalid_argument`: a name, shape, dtype, length, option or address of the caller is wrong.
 * - `out_of_memory`: a size does not fit the memory that the caller or the engine allows.
 * - `cancelled`: a signal or a deadline stopped the work.
 * - `network`: an address did not answer, or not to the end; another try may succeed.
 * - `mismatch`: a check that the program makes of its own values (`check.expect_*`) failed.
 * - `internal`: a defect of WebHLO itself.
 */
export type ErrorCode =
  | 'invalid_model'
  | 'unsupported'
  | 'invalid_argument'
  | 'out_of_memory'
  | 'cancelled'
  | 'network'
  | 'mismatch'
  | 'internal';

/** What went wrong, by `code`; `message` names the place and what was expected there. */
export class WebHLOError extends Error {
  override readonly name = 'WebHLOError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function fail(code: ErrorCode, message: string, cause?: unknown): never {
  throw new WebHLOError(code, message, cause === undefined ? undefined : { cause });
}

/** Throws the error that a native call answered; `''` is success. */
export function check(error: string): void {
  if (error !== '') throw nativeError(error);
}

export function nativeError(json: string): WebHLOError {
  const { code, message } = JSON.parse(json) as { code: ErrorCode; message: string };
  return new WebHLOError(code, message);
}

/** With its cause, which is where fetch of Node says what happened. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : 'an unknown error';
  const { cause } = error as { cause?: Partial<NodeJS.ErrnoException> };
  const why = error instanceof WebHLOError ? [] : [cause?.message, cause?.code];
  return [error.message, why.find((text) => text)].filter((text) => text).join(': ');
}

/** Makes a JavaScript array or buffer; engines throw a RangeError when they have no memory for it. */
export function allocate<T>(make: () => T, what: string): T {
  try {
    return make();
  } catch (error) {
    return noMemory(error, what);
  }
}

/** For what such an attempt throws. */
export function noMemory(error: unknown, what: string): never {
  if (!(error instanceof RangeError)) throw error;
  return fail('out_of_memory', `${what}: ${error.message}`, error);
}
