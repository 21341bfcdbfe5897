// SPDX-License-Identifier: Apache-2.0
// What commands print, and figures as they print them.

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function ms(value: number): string {
  return value < 1 ? `${(value * 1000).toFixed(1)} us` : `${value.toFixed(2)} ms`;
}

export function megabytes(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** 1234567 -> 1.23 M */
export function count(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), units.length - 1);
  if (power === 0) return String(value);
  return `${(value / 1000 ** power).toPrecision(3)}${units[power] ?? ''}`;
}
