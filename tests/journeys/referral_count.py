"""Counts what became of women who were sent, from what truly happened to each.

It knows nothing of the service: it imports none of it, and its input is a list of plain facts.
"""


def count(women):
    """Return the completion table, the method mix and the stock-out share.

    A woman is a dict: sent, arrived, served, elsewhere (True or False), wish, given, reason.
    """
    sent = [one for one in women if one["sent"]]
    arrived = [one for one in sent if one["arrived"]]
    served = [one for one in arrived if one["served"]]
    without = [one for one in arrived if one["reason"] == "stock_out"]
    return {
        "referred": len(sent),
        "arrival": share(arrived, sent),
        "service": share(served, arrived),
        "completion": share(served, sent),
        "stock_out": share(without, arrived),
        "stock_out_by_wish": {
            wish: share(
                [one for one in without if one["wish"] == wish],
                [one for one in arrived if one["wish"] == wish],
            )
            for wish in sorted({one["wish"] for one in arrived} - {None})
        },
        "asked": tally(one["wish"] for one in sent),
        "received": tally(one["given"] for one in served),
        "not_served": tally(one["reason"] for one in arrived if one["reason"]),
        "redirected": sum(one["elsewhere"] for one in arrived),
    }


def share(some, all_of_them):
    return {"numerator": len(some), "denominator": len(all_of_them)}


def tally(values):
    found = {}
    for value in values:
        key = value or "none"
        found[key] = found.get(key, 0) + 1
    return found
