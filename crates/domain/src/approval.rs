//! How posts are approved: the policy of a client, and what becomes of a version that was sent.

use crate::words::words;

words! {
    /// Whether a client's posts need approval.
    ApprovalPolicy, "an approval policy" {
        /// Staff schedule as they see fit.
        None = "none",
        /// Staff may ask the client, and may schedule without.
        Optional = "optional",
        /// Nothing goes out that the client has not approved.
        Required = "required",
        /// First somebody of the agency, then the client.
        TwoSteps = "two_steps",
    }
}

words! {
    /// How many of a client's approvers have to agree.
    Approvers, "a rule for approvers" {
        /// The first who decides.
        Any = "any",
        /// Every approver that the client has.
        All = "all",
    }
}

words! {
    /// What happens to a post whose minute comes before its approval.
    LateApproval, "a rule for late approvals" {
        /// It waits for another minute, which staff choose.
        Hold = "hold",
        /// It goes out the moment that it is approved; where approval is optional, at its minute.
        Publish = "publish",
        /// Staff are asked what to do once it is approved.
        Ask = "ask",
    }
}

words! {
    /// Whose decision a version waits for.
    ReviewStage, "a stage of approval" {
        /// Somebody of the agency.
        Internal = "internal",
        /// The client.
        Client = "client",
    }
}

words! {
    /// What became of a version that was sent to be approved.
    ReviewState, "a state of an approval" {
        /// Nobody has settled it.
        Waiting = "waiting",
        /// Enough have agreed.
        Approved = "approved",
        /// Somebody asked for changes.
        Changes = "changes",
        /// Staff took it back.
        Withdrawn = "withdrawn",
        /// The post was edited, so this version is no more.
        Void = "void",
    }
}

words! {
    /// What an approver decided.
    Verdict, "a verdict" {
        /// It may go out as it is.
        Approved = "approved",
        /// It may not, until it is changed.
        Changes = "changes",
    }
}

impl ApprovalPolicy {
    /// The stages that a version has to pass, in order, before it may go out.
    #[must_use]
    pub const fn required_stages(self) -> &'static [ReviewStage] {
        match self {
            Self::None | Self::Optional => &[],
            Self::Required => &[ReviewStage::Client],
            Self::TwoSteps => &[ReviewStage::Internal, ReviewStage::Client],
        }
    }

    /// Where a version goes that is sent to be approved; `None` where nobody is asked.
    #[must_use]
    pub const fn first_stage(self) -> Option<ReviewStage> {
        match self {
            Self::None => None,
            Self::Optional | Self::Required => Some(ReviewStage::Client),
            Self::TwoSteps => Some(ReviewStage::Internal),
        }
    }

    /// The stage after one that agreed; `None` when it was the last. What was on its way to the client stays
    /// on its way when the policy changes in between, unless clients are not asked any more.
    #[must_use]
    pub const fn stage_after(self, stage: ReviewStage) -> Option<ReviewStage> {
        match (self, stage) {
            (Self::None, _) | (_, ReviewStage::Client) => None,
            (_, ReviewStage::Internal) => Some(ReviewStage::Client),
        }
    }

    /// Whether nothing goes out that was not approved.
    #[must_use]
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Required | Self::TwoSteps)
    }
}

#[cfg(test)]
mod tests {
    use super::{ApprovalPolicy, ReviewStage};

    #[test]
    fn what_is_asked_first_leads_through_all_that_is_required() {
        for policy in ApprovalPolicy::ALL.iter().copied() {
            let mut passed = Vec::new();
            let mut stage = policy.first_stage();
            while let Some(now) = stage {
                passed.push(now);
                stage = policy.stage_after(now);
            }
            assert!(passed.ends_with(policy.required_stages()), "{policy}");
        }
    }

    #[test]
    fn whoever_is_asked_first_the_client_is_asked_where_clients_are_asked() {
        for policy in ApprovalPolicy::ALL.iter().copied() {
            let asked = policy.stage_after(ReviewStage::Internal);
            let expected = (policy != ApprovalPolicy::None).then_some(ReviewStage::Client);
            assert_eq!(asked, expected, "{policy}");
            assert_eq!(policy.stage_after(ReviewStage::Client), None, "{policy}");
        }
    }

    #[test]
    fn the_client_always_has_the_last_word() {
        for policy in ApprovalPolicy::ALL
            .iter()
            .copied()
            .filter(|policy| policy.is_required())
        {
            assert_eq!(policy.required_stages().last(), Some(&ReviewStage::Client));
        }
    }
}
