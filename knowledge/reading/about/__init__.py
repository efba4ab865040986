"""What a directive says about itself: number, date, issuer, title, signer, effect, stamps."""
