// Says in words why a passkey did not work. The library's own script only writes to the console.

const BUTTONS = "#passkey_login, #mfa_webauthn_add, #mfa_webauthn_authenticate, #mfa_webauthn_reauthenticate";
const words = document.getElementById("passkey-words");
const button = document.querySelector(BUTTONS);

function say(text) {
  let notice = document.getElementById("passkey-trouble");
  if (!notice) {
    notice = document.createElement("p");
    notice.id = "passkey-trouble";
    notice.className = "notice notice--caution";
    notice.setAttribute("role", "alert");
    button.before(notice);
  }
  notice.textContent = text;
}

if (words && button) {
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    say(words.dataset.failed);
  });
  const numbers = /^[\d.]+$|^\[/.test(location.hostname);
  if (numbers || !window.PublicKeyCredential) {
    const loopback = location.hostname === "127.0.0.1" || location.hostname === "[::1]";
    const named = loopback ? ` ${location.protocol}//localhost${location.port ? ":" + location.port : ""}${location.pathname}` : "";
    button.addEventListener(
      "click",
      (event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
        say(numbers ? words.dataset.numbers + named : words.dataset.missing);
      },
      true,
    );
  }
}
