// SPDX-License-Identifier: Apache-2.0
"use client";
import { useEffect } from "react";
import { show } from "../app.js";

export default function Page() {
  useEffect(() => {
    show();
  }, []);
  return <p>digits</p>;
}
