// SPDX-License-Identifier: Apache-2.0
import "./page.css";
import "./style.css";

export const metadata = {
  title: "Here and there: WebHLO",
  description: "One model, in the page and in a route of the server",
  icons: { icon: "data:," },
};

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
